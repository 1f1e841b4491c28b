// Packages of the repository name each other by `workspace:`, which only pnpm turns into versions. What
// plain `npm pack` makes could not be installed by anybody, so it is refused.
const packer = process.env.npm_config_user_agent ?? '';
if (!packer.startsWith('pnpm/')) {
  console.error(
    'This package is packed with the others: run `npm run pack` at the root of the repository.',
  );
  process.exit(1);
}
