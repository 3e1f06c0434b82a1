export { AdminFacts, ProjectFacts } from './project-facts.js';
