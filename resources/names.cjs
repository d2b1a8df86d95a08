/** Names that follow from the stage. Throws when the stage could not be part of a bucket and a database name alike. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  if (!/^[a-z][a-z0-9]{0,29}$/.test(stage)) {
    throw new Error(`stage "${stage}": use up to 30 lower-case letters and digits, beginning with a letter`);
  }
  return {
    prefix: `tributary-${stage}`,
    database: `tributary_${stage}`,
    tags: { service: 'tributary', stage },
  };
};
