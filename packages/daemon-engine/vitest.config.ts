import { projectConfig } from '../../tooling/vitest/project.js';

export default projectConfig('daemon-engine');
