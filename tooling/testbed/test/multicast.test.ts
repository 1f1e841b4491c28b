import { domainSuite } from './harness/suite.js';
import { multicast } from './harness/transports.js';

domainSuite(multicast);
