-- Shows STORAGE_AWS_IAM_USER_ARN and STORAGE_AWS_EXTERNAL_ID, which the role has to trust.
-- volume: the volume
-- Run by: tributary snowflake connect.
describe external volume {volume}
