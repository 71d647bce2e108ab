// "npm pack" in this folder would pack TypeScript, which Node does not run from node_modules.
console.error('Pack the folder that "npm run package" makes here: cd dist && npm pack');
process.exit(1);
