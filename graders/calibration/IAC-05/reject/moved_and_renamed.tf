# why: the address moves, but the name is another one as well
provider "aws" {
  region = "eu-west-1"
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-ledger-data"
}

resource "aws_sqs_queue" "work" {
  for_each                   = toset(["jobs", "mails"])
  name                       = "ledger-work-${each.key}"
  visibility_timeout_seconds = 30
}

moved {
  from = aws_sqs_queue.jobs
  to   = aws_sqs_queue.work["jobs"]
}
