/** Runs the module that a worker was made for, once coverage is counted. In a worker of Node 20, tsx reads TypeScript for `require` only. */
require('./instrument.ts');
require(process.argv[2]);
