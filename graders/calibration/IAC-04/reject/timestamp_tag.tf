# why: a tag holds the time of the run
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
  tags = { deployed = timestamp() }
}
