# why: a queue for dead letters beside it; the queue itself is changed in place
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "dead" {
  name                      = "ledger-jobs-dead"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "jobs" {
  name                       = "ledger-jobs"
  visibility_timeout_seconds = 60
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 5
  })
  lifecycle {
    prevent_destroy = true
  }
}
