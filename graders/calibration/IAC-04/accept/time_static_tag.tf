# why: the date of creation comes from time_static, which keeps it in the state
provider "aws" {
  region = "eu-west-1"
}

resource "time_static" "created" {}

resource "aws_s3_bucket" "reports" {
  bucket = "acme-reports-archive"
  tags = {
    created = formatdate("YYYY-MM-DD", time_static.created.rfc3339)
  }
}
