import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { isSkipped } from '../helpers/skip.ts';

const PATH = '/usr/bin/chromium';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Reports whether tests that need Chromium are skipped: it is at the path of Debian's package, or not installed. */
export const withoutChromium = (what: string): boolean =>
  isSkipped(what, existsSync(PATH) ? undefined : `there is no ${PATH}: install Debian's package chromium`);

/** Starts Chromium with an empty profile. */
export const startChromium = (): Promise<Browser> => chromium.launch({ executablePath: PATH, args: FLAGS });
