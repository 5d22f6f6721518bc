import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { buildApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { EXAMPLES_AT, EXAMPLES_RANDOM, generateOpenApi } from '../http/contract/generate.ts';
import { OPERATIONS } from '../http/routes.ts';
import { openAnnals } from '../records/annals.ts';
import { withFolder } from '../storage/temporary-files.ts';
import { createKey } from '../records/keys/api-keys.ts';
import { noProgress } from '../domain/progress.ts';
import { seedEmpty } from '../import/import.ts';
import { refuseDatabase } from '../storage/maintenance/output-file.ts';
import { openStore } from '../storage/maintenance/open-store.ts';
import type { CommandContext } from './context.ts';

/** `annals openapi`. Its examples are answers of the service on the seeds, in a temporary database. */
export function openapiCommand(context: CommandContext): Command {
  return new Command('openapi')
    .description('Write the OpenAPI document of the API.')
    .argument('[file]', 'the file to write; standard output when left out')
    .action(async (path: string | undefined, _options: object, command: Command) => {
      if (path !== undefined) refuseDatabase(path);
      const document = await generateOnSeeds(context, command.parent?.version() ?? '');
      if (path === undefined) context.output.write(document);
      else await writeFile(path, document);
    });
}

async function generateOnSeeds({ folders, random }: CommandContext, version: string): Promise<string> {
  return withFolder(async (folder) => {
    const url = `file:${join(folder, 'annals.db')}`;
    const store = await openStore(url, folders.migrations);
    await store.migrate({ now: EXAMPLES_AT, random: EXAMPLES_RANDOM });
    const engine = await store.open();
    const annals = openAnnals(engine, () => EXAMPLES_AT);
    // Without a socket the event loop hardly turns, which looks like a delay.
    const config = readConfig({ LOG_LEVEL: 'silent', MAX_DELAY: '0', DATABASE_URL: url });
    const app = await buildApp({ config, annals });
    try {
      await seedEmpty(annals, folders.seeds, noProgress);
      const { token } = await createKey(annals, { label: 'examples', scope: 'write' }, random);
      return await generateOpenApi(app, { operations: OPERATIONS, key: token, version });
    } finally {
      await app.close();
      await engine.close();
    }
  });
}
