/** The longest address with its query, in bytes; RFC 9110 (section 4.1) asks for at least 8,000. */
export const ADDRESS_MAX = 8192;

/** The most bytes of address and headers together. */
export const HEADER_BYTES_MAX = 16_384;

/** The most headers. Programs send about ten of them. */
export const HEADERS_MAX = 100;
