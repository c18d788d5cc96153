# why: both addresses are new, only one has a moved block
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "ledger" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "work" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}

moved {
  from = aws_s3_bucket.data
  to   = aws_s3_bucket.ledger
}
