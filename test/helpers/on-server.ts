/** True where the tests run on a PostgreSQL server, which `npm run test:postgres` starts. */
export const ON_SERVER = process.env['TEST_SERVER'] !== undefined;
