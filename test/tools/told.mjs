process.stdout.write(`${[process.env.GREETING, process.env.NAME, ...process.argv.slice(2)].join(' ')}\n`);
