// Another process that writes to a database: one change for each number it is sent, told back when it is committed.
import Database from 'better-sqlite3';

const database = new Database(process.argv[2], { timeout: 5000 });
const change = database.prepare("INSERT INTO changes (type, slug, action, revision, at) VALUES ('event', 'other-' || ?, 'created', 1, 0)");

process.on('message', (number) => {
  change.run(String(number));
  process.send(number);
});
process.on('disconnect', () => process.exit());
