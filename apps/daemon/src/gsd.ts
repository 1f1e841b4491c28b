#!/usr/bin/env node
import {
  createLogger,
  EXIT_STATUS,
  followLevel,
  loadConfig,
  runProgram,
  transportsGiven,
} from '@group-services/runtime';
import { program as ownProgram, programWith } from './config.js';
import { startDaemon } from './start-daemon.js';

const sources = { argv: process.argv.slice(2), env: process.env };
const plugged = await transportsGiven(ownProgram.options, sources);
const program = programWith(plugged);
const load = () => loadConfig(program, sources);
const loaded = load();
if (loaded.ok) {
  const { config, warnings } = loaded;
  const logger = createLogger({ name: program.name, level: config.logLevel });
  for (const warning of warnings) logger.warn(warning);
  runProgram({
    logger,
    start: ({ fail }) => startDaemon({ config, logger, transports: plugged.transports }, fail),
    reload: () => followLevel(logger, load()),
  });
} else {
  const output = loaded.exitCode === EXIT_STATUS.done ? process.stdout : process.stderr;
  // Told or not, the status is the same.
  output.on('error', () => {});
  output.write(loaded.text);
  process.exitCode = loaded.exitCode;
}
