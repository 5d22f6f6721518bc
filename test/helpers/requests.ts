import { expect } from 'vitest';
import type { TestApp } from './app.ts';
import type { Json } from './contract.ts';

/** Creates a record of the type with that path on a service, such as `events`. */
export const createdOn =
  (service: TestApp) =>
  async (path: string, body: object): Promise<void> => {
    const { status, text } = await service.ask({ method: 'POST', url: `/v1/${path}`, body });
    expect(status, text).toBe(201);
  };

/** Reads an address of a service with a query, and returns its body. */
export const readFrom =
  (service: TestApp, path: string) =>
  async (query: string): Promise<Json> => {
    const { status, text, body } = await service.ask({ url: `${path}?${query}` });
    expect(status, text).toBe(200);
    return body;
  };
