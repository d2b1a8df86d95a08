-- Lets Snowflake read the lake's files. `if not exists`, never `or replace`: a new volume has a new external id, and the
-- role would no longer trust it. The role may read silver/ and gold/ only.
-- volume: the volume    location: its name for the bucket    bucket: s3 URI of the lake    role: ARN of the role to take on
-- Run by: tributary snowflake connect.
create external volume if not exists {volume}
  storage_locations = (
    (
      name = :location
      storage_provider = 'S3'
      storage_base_url = :bucket
      storage_aws_role_arn = :role
    )
  )
  allow_writes = false
