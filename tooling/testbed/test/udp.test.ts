import { domainSuite } from './harness/suite.js';
import { udp } from './harness/transports.js';

domainSuite(udp);
