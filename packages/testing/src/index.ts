export { type DomainOptions, startDomain, type TestDomain } from './domain.js';
