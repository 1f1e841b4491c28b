import { jobOf, Parent } from '@group-services/example-harness/worker';
import { type Fact, jobSchema } from './job.js';
import { PoolMember } from './pool-member.js';

const parent = new Parent<Fact>();
parent.end((await new PoolMember(jobOf(jobSchema), parent).run()) ? 0 : 1);
