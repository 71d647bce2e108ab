/**
 * Loaded into a child process ahead of its program (`node --import`): ends it when the IPC channel to the parent closes.
 * The system closes that however the parent ends, also when it is killed and can clean nothing up.
 */
if (!process.connected) process.exit();
process.on('disconnect', () => process.exit());
