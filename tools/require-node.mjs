// Ends the script that called it when Node is too old to run this project's TypeScript sources. Written in plain
// JavaScript, so that any Node can parse it and say what is wrong.
const oldest = [22, 18];
const running = process.versions.node.split('.').map(Number);
const isOldEnough = running[0] > oldest[0] || (running[0] === oldest[0] && running[1] >= oldest[1]);
if (!isOldEnough) {
  console.error(
    `This project needs Node ${oldest.join('.')} or later, and is running on ${process.versions.node}.\n` +
      'It brings its own Node 24: run "npm ci", then start it through "npm start" or "npm test".\n' +
      'If you did, the platform package of Node was not installed: see "optionalDependencies" in tools/node-runtime/package.json.',
  );
  process.exit(1);
}
