# why: inline_policy in the role owns all inline policies, and a second one is a resource
provider "aws" {
  region = "eu-west-1"
}

resource "aws_iam_role" "worker" {
  name = "ledger-worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ecs-tasks.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
  inline_policy {
    name = "read"
    policy = jsonencode({
      Version   = "2012-10-17"
      Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-ledger-in/*" }]
    })
  }
}

resource "aws_iam_role_policy" "write" {
  name = "write"
  role = aws_iam_role.worker.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:PutObject", Resource = "arn:aws:s3:::acme-ledger-out/*" }]
  })
}
