-- Shows API_AWS_IAM_USER_ARN and API_AWS_EXTERNAL_ID, which the role has to trust.
-- integration: the integration
-- Run by: tributary snowflake connect.
describe catalog integration {integration}
