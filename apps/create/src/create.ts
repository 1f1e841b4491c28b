#!/usr/bin/env node
import { basename } from 'node:path';
import { CreateError, createProject } from './project.js';

const USAGE = `npm create group-services FOLDER

Makes a new project: a typed group whose members vote, a test with a domain in memory, and
\`npm run dev\`, which starts a domain of three daemons and three processes.
`;

const [folder = 'my-group', ...others] = process.argv.slice(2);
if (folder === '--help' || folder === '-h') {
  process.stdout.write(USAGE);
} else if (folder.startsWith('-') || others.length > 0) {
  process.stderr.write(`${USAGE}\ngive one folder, and no options\n`);
  process.exitCode = 2;
} else {
  try {
    const path = await createProject(folder);
    process.stdout.write(`${basename(path)} is in ${path}. Next:

  cd ${folder}
  npm install
  npm run dev      a domain, and three processes that vote; Ctrl-C ends it
  npm run rollout  a new version, in force everywhere or nowhere
  npm test         the team in memory, with a process that dies
`);
  } catch (error) {
    if (!(error instanceof CreateError)) throw error;
    process.stderr.write(`create-group-services: ${error.message}\n`);
    process.exitCode = 1;
  }
}
