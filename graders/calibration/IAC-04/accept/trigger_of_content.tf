# why: the step runs again when its text changes, not in each apply
provider "aws" {
  region = "eu-west-1"
}

locals {
  schema = <<-EOT
    create table if not exists entries (id bigint primary key);
  EOT
}

resource "aws_s3_bucket" "schema" {
  bucket = "acme-ledger-schema"
}

resource "aws_s3_object" "schema" {
  bucket  = aws_s3_bucket.schema.id
  key     = "schema.sql"
  content = local.schema
  etag    = md5(local.schema)
}

resource "terraform_data" "migrate" {
  triggers_replace = [sha256(local.schema)]
  input            = aws_s3_object.schema.key
}
