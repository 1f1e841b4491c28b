import { udp } from '../src/domain/transports.js';
import { domainSuite } from './harness/suite.js';

domainSuite(udp);
