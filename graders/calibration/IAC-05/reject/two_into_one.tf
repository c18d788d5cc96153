# why: two old addresses are moved to one new address, which Terraform refuses; valid on its face
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
  from = aws_sqs_queue.jobs
  to   = aws_sqs_queue.work
}

moved {
  from = aws_sqs_queue.tasks
  to   = aws_sqs_queue.work
}
