/** Runs the module that a worker was made for, once coverage is counted. In a worker of Node 20, tsx reads TypeScript for `require` only. */
// oxlint-disable-next-line import/no-unassigned-import -- it counts from when it is loaded
require('./instrument.ts');
require(process.argv[2]);
