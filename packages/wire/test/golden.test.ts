import { codecSuite } from './support/codec-suite.js';
import { goldenSuite } from './support/golden-suite.js';

goldenSuite();
codecSuite();
