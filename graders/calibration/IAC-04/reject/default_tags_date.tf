# why: the default tags hold the time of the run, so every resource changes
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { run = formatdate("YYYYMMDDhhmmss", timestamp()) }
  }
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}
