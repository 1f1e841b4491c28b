// Loaded before a program under test, so that none outlives a test run that was itself killed.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
