import type { Program } from '../servers/process.ts';
import type { Request } from '../asking/client.ts';
import type { PageQuestion } from '../questions/values.ts';

/** An event as Annals answers it: what every peer is loaded with. */
export type AnsweredEvent = {
  id: string;
  kind: string;
  title: string;
  summary: string;
  status: string;
  places: string[];
  date?: { edtf: string; earliest?: string; latest?: string; precision: string; label: string; open?: string };
  topics: string[];
  participants: { actor: string; role: string }[];
  citations: { source: string; paragraph: number; phrase: string }[];
  revision: number;
  createdAt: string;
  updatedAt: string;
};

/** An event of one day that does not exist yet, with what Annals derives: not every peer can. */
export type CreatedEvent = Omit<AnsweredEvent, 'revision' | 'createdAt' | 'updatedAt'>;

/** The folders of a peer: what is installed, what is loaded. */
export type Folders = { installed: string; loaded: string };

/** A way to ask, or the reason why the peer cannot be asked that. */
type Way<Asked> = ((asked: Asked) => Request) | { cannot: string };

/** Another service that holds the same events and is asked for the same things. */
export type Peer = {
  name: string;
  /** The version of the installation; a new one is installed again. */
  version: string;
  /** Installs what it needs into a folder that is empty. Throws where the machine cannot. */
  install: (folder: string) => Promise<void>;
  /** Loads events into a folder that is empty. */
  load: (folders: Folders, events: AsyncIterable<AnsweredEvent>) => Promise<void>;
  program: (folders: Folders, port: number) => Program;
  byId: Way<string>;
  page: Way<PageQuestion>;
  search: Way<string>;
  create: Way<CreatedEvent>;
  /** The status of what was created, where it is not 201. */
  created?: number;
};

/** The last day of an event that has not ended, for peers that compare days. */
export const NEVER = '9999-12-31';

/** A request that sends JSON. */
export const post = (path: string, body: object): Request => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
