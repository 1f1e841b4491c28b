import { jobOf, Parent } from '@group-services/example-harness/worker';
import { type Fact, jobSchema } from './job.js';
import { Participant } from './participant.js';

const parent = new Parent<Fact>();
parent.end((await new Participant(jobOf(jobSchema), parent).run()) ? 0 : 1);
