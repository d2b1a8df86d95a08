-- Lets Snowflake read where the tables are, from Glue's Iceberg REST endpoint. The files are read with the volume's
-- credentials, so that Lake Formation is not needed. `if not exists` for the same reason as for the volume.
-- integration: the integration    namespace: the silver database    endpoint: URI of the endpoint
-- account: id of the AWS account, which is the name of its catalog    role: ARN of the role to take on
-- region: of the catalog    seconds: how often Snowflake looks for new snapshots
-- Run by: tributary snowflake connect.
create catalog integration if not exists {integration}
  catalog_source = iceberg_rest
  table_format = iceberg
  catalog_namespace = :namespace
  rest_config = (
    catalog_uri = :endpoint
    catalog_api_type = aws_glue
    catalog_name = :account
    access_delegation_mode = external_volume_credentials
  )
  rest_authentication = (
    type = sigv4
    sigv4_iam_role = :role
    sigv4_signing_region = :region
  )
  enabled = true
  refresh_interval_seconds = :seconds
