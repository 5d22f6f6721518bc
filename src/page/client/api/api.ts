import type { Candidate } from '../../../domain/errors.ts';

/** One thing wrong with a question, as the API says it (RFC 9457, `errors`). `candidates` are the records whose ids `didYouMean` lists. */
export type Issue = { parameter?: string; message: string; didYouMean?: string[]; candidates?: Candidate[] };

/** An error answered by the API: `title` in a few words, `message` a sentence, `issues` the fault of each parameter. */
export class Problem extends Error {
  readonly title: string;
  readonly issues: Issue[];
  /** The HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(title: string, detail: string, issues: Issue[] = [], status?: number) {
    super(detail);
    this.title = title;
    this.issues = issues;
    this.status = status;
  }
}

/** The absolute address of an API path such as `v1/timeline`; relative to the page, so the page works under any prefix. */
export function apiAddress(path: string, parameters = new URLSearchParams()): string {
  const url = new URL(path, document.baseURI);
  url.search = parameters.toString();
  return url.href;
}

/** The JSON at an address of this API. Throws a `Problem`, or an `AbortError` when the signal says that nobody waits any more. */
export async function getJson<T>(address: string, signal?: AbortSignal): Promise<T> {
  const response = await reach(address, signal);
  const body: unknown = await response.json().catch(() => undefined);
  signal?.throwIfAborted();
  if (!response.ok) throw problemOf(response, body);
  if (body === undefined) throw new Problem('Unreadable answer', 'The server answered something that is not JSON.');
  return body as T; // @NOTE the server's answers are checked against openapi.json by its own tests
}

async function reach(address: string, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem('No answer', 'The server cannot be reached. Check the connection, then try again.');
  }
}

function problemOf(response: Response, body: unknown): Problem {
  const { title, detail, errors } = isObject(body) ? body : {};
  return new Problem(
    typeof title === 'string' ? title : `The server answered ${response.status}`,
    typeof detail === 'string' ? detail : 'It gave no further reason.',
    Array.isArray(errors) ? errors.filter(isObject).map(issueOf) : [],
    response.status,
  );
}

function issueOf({ parameter, message, didYouMean, candidates }: Record<string, unknown>): Issue {
  const near = Array.isArray(didYouMean) ? didYouMean : [didYouMean];
  return {
    ...(typeof parameter === 'string' && { parameter }),
    message: typeof message === 'string' ? message : '',
    didYouMean: near.filter((name) => typeof name === 'string'),
    ...(Array.isArray(candidates) && { candidates: candidates.filter(isCandidate) }),
  };
}

function isCandidate(value: unknown): value is Candidate {
  return isObject(value) && typeof value['type'] === 'string' && typeof value['id'] === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
