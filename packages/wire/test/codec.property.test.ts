import { codecSuite } from './support/codec-suite.js';

codecSuite();
