type Child = Node | string | undefined | false;

/** A new HTML element. Attributes that are undefined are left out, `hidden` and the like take `''`; strings become text nodes, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(name), attributes, children);
}

/** A new SVG element, under the same rules. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | undefined> = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function filled<E extends Element>(node: E, attributes: Record<string, string | undefined>, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== undefined && child !== false));
  return node;
}

/** The element of the page with this id. Throws if the page has none, or one of another kind. */
export function byId<E extends Element>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** A link to an address from a record, or its plain text where the address is not http or https: `javascript:` never becomes a link. */
export function webLink(address: string, text: string): Node {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return document.createTextNode(text);
  return element('a', { href: address, rel: 'noopener noreferrer external' }, text);
}

/** A slug as words: `entered-into-force` reads "entered into force". */
export function words(slug: string): string {
  return slug.replaceAll('-', ' ');
}

/** A count and what it counts: `1 moment`, `12,345 moments`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
