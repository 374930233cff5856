// Plain JavaScript without imports, so that every Node can run it, and run before anything that needs a newer one:
// older ones cannot read TypeScript, and crash in the database's native code.
const OLDEST_MAJOR = 24;

if (Number.parseInt(process.versions.node, 10) < OLDEST_MAJOR) {
  process.stderr.write(`Cahier needs Node ${OLDEST_MAJOR} or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
