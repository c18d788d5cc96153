# why: from and to are the wrong way round
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "work" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 30
}

moved {
  from = aws_sqs_queue.work
  to   = aws_sqs_queue.jobs
}
