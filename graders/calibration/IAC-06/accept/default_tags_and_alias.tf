# why: the provider gets an alias and default tags: the objects are tagged in place
provider "aws" {
  alias  = "main"
  region = "eu-west-1"
  default_tags {
    tags = { service = "ledger" }
  }
}

resource "aws_s3_bucket" "data" {
  provider = aws.main
  bucket   = "acme-ledger-data"
}

resource "aws_sqs_queue" "jobs" {
  provider                   = aws.main
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}
