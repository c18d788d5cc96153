# why: a chain of moved blocks, of which the first is from an older renaming
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "postings" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}

moved {
  from = aws_sqs_queue.jobs
  to   = aws_sqs_queue.work
}

moved {
  from = aws_sqs_queue.work
  to   = aws_sqs_queue.postings
}
