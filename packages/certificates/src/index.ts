export {
  type IssueOptions,
  issueCertificate,
  type KeyedCertificate,
  makeAuthority,
  revocationList,
} from './authority.js';
