# why: a date that is written down, formatted
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
  tags = { review = formatdate("YYYY-MM", "2026-03-01T00:00:00Z") }
}
