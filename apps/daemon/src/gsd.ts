#!/usr/bin/env node
import {
  createLogger,
  EXIT_STATUS,
  followLevel,
  loadConfig,
  runProgram,
} from '@group-services/runtime';
import { program } from './config.js';
import { startDaemon } from './start-daemon.js';

const load = () => loadConfig(program, { argv: process.argv.slice(2), env: process.env });
const loaded = load();
if (loaded.ok) {
  const { config, warnings } = loaded;
  const logger = createLogger({ name: program.name, level: config.logLevel });
  for (const warning of warnings) logger.warn(warning);
  runProgram({
    logger,
    start: ({ fail }) => startDaemon(config, logger, fail),
    reload: () => followLevel(logger, load()),
  });
} else {
  const output = loaded.exitCode === EXIT_STATUS.done ? process.stdout : process.stderr;
  // Told or not, the status is the same.
  output.on('error', () => {});
  output.write(loaded.text);
  process.exitCode = loaded.exitCode;
}
