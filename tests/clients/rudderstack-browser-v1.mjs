import { buy } from './page.mjs';

await buy('rudder-sdk-js/dist/npm/index.js', sdk => sdk);
