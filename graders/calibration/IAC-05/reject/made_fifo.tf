# why: another kind of queue is another queue: it is replaced
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs.fifo"
  fifo_queue                 = true
  visibility_timeout_seconds = 30
}
