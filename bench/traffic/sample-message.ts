/** What is posted: small, so that what a message costs is seen and not what its bytes cost. */
export const sampleMessage = '{"order":17,"item":"pencil","amount":3,"customer":"c-1042","note":"by Friday, please"}';
