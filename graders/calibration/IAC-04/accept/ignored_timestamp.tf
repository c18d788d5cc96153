# why: the time of creation is kept by ignore_changes
provider "aws" {
  region = "eu-west-1"
}

resource "aws_sqs_queue" "jobs" {
  name = "jobs"
  tags = { created = timestamp() }
  lifecycle {
    ignore_changes = [tags]
  }
}
