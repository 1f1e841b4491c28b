import { domainSuite } from './harness/suite.js';
import { tcp } from './harness/transports.js';

domainSuite(tcp);
