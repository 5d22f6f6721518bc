import promises from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

/** Loaded before a program (`--import`): gives `localhost` two addresses on every machine, that of IPv6 first unless another order is asked for. */

const lookup = promises.lookup.bind(promises);

promises.lookup = async (host, options) => {
  if (host !== 'localhost') return lookup(host, options);
  const both = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  const ordered = options?.order === 'ipv4first' ? both.toReversed() : both;
  return options?.all ? ordered : ordered[0];
};
syncBuiltinESMExports();
